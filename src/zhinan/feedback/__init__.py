"""What people ask and tell the departments: enquiries, and how they are answered."""
