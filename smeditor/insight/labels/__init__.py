"""Labels: what triage and editors say of a reaction, and the classifiers trained from editors' labels."""
