"""Exports of news databases, which hold many articles in one file: Nexis and Factiva."""
