"""The jail: who its processes are, what they see, what they may ask of the kernel, and how much they may use."""
