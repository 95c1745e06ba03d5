"""A simulated test beam: Geant4 transport and detector response."""

from latentscape.lartpc.simulation.events import SimulatedEvent, simulate_events

__all__ = ["SimulatedEvent", "simulate_events"]
