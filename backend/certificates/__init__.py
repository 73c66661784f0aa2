"""Certificates: numbers, statements and signatures, and what anybody may ask about them."""
