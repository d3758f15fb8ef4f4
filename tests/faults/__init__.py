"""The fault harness: workers die at every named point of a sending, networks fail as documented, time runs fast."""
