"""How GradeTape is installed and started on one machine."""
