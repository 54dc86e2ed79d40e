"""What pages show of regrades."""
