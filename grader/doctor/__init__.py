"""The doctor: hostile probes that try to break each promise of the jail on this very host."""
