"""How the suite is deployed: accounts, identity, images, collectors. No service imports from here."""
