"""Documents: DOCX, RTF, Markdown, mail and PDF, and the exports of databases in these formats."""
