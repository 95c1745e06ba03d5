"""Liquid argon as numbers, each with its source."""

IONISATION_ENERGY = 23.6e-6
"""Energy per electron-ion pair in liquid argon [MeV] (Miyajima et al., PRA 9 (1974) 1438)."""

DENSITY = 1.3954
"""Density of liquid argon at 87.3 K [g/cm³], as in JINST 8 (2013) P08005."""

ARGON_Z = 18
ARGON_A = 39.948

ARGON_EXCITATION = 188e-6
"""Mean excitation energy of argon [MeV]: ICRU Report 37 (1984), used by PSTAR and the PDG."""

STERNHEIMER = {"a": 0.1956, "k": 3.0, "x0": 0.2, "x1": 3.0, "c": 5.2146}
"""Density effect in liquid argon: Sternheimer, Berger, Seltzer, ADNDT 30 (1984) 261."""

RADIATION_LENGTH = 19.55
"""Radiation length of argon [g/cm²]: Particle Data Group, atomic and nuclear properties."""
