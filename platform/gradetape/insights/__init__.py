"""What published challenges teach their authors: figures over what was sent, and what candidates hold to be right."""
