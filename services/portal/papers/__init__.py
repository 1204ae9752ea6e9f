"""Papers that show what is said on the framework's pages: asked for in its forms, kept by the monitor, read by anybody."""
