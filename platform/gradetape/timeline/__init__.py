"""What happened while somebody sat an interview, in the order in which the server learned of it."""
