"""Values of Vietnamese public administration: identifiers, working calendar, money, administrative units, people."""
