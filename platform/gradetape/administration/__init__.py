"""Django's admin as this site has it: what its index says, and how apps show what nobody changes by hand."""
