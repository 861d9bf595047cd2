"""Knowledge distillation: teachers label unlabelled text softly, from which a student learns."""
