"""Builders of compiled-ready ``keras.Model`` objects; each takes plain arguments."""
