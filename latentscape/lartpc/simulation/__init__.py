"""A simulated test beam: Geant4 transport and detector response."""
