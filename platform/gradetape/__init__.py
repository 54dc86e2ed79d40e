"""GradeTape's Django side: accounts, the catalogue, submissions and the fleet that grades them."""
