"""How the matcher's model is made: `make model` reads corpus/ and the house's playbooks, and writes table and card."""
