"""Long work that workers do one turn at a time, so that between two turns they are free for people."""
