"""TechPulse: public job postings in, answers about skills, roles and levels out."""
