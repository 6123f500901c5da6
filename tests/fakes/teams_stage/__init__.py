"""Talks over Teams: a served bot behind the strict local peer, and people with hands in it."""
