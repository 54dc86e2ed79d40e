"""What every page is made of: icons, badges for states, the landing page and the error pages."""
