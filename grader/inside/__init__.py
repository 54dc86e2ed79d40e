"""What runs inside jails, around the code of candidates and authors."""
