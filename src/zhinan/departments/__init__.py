"""Departments: who owns guides and answers for them."""
