"""Scoring of many articles: in this process or in several, and continued where a killed run ended."""
