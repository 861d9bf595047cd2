"""Documents: DOCX, RTF, Markdown, email and PDF, and exports of databases in these formats."""
