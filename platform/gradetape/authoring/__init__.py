"""The studio: where authors write challenges and prove them."""
