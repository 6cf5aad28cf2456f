"""What is run and scored on hardware, and the traffic that it makes."""
