"""The article page: articles with their statements marked in the text, as one HTML file."""
