"""What leaves the machine: one file per audience; outgoing papers accept only a `Release`."""
