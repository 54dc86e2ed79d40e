"""The same site for programs: typed JSON, signed in by tokens."""
