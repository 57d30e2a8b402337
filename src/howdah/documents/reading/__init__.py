"""Reading documents: text, pages, PDF, feeds and mails to blocks of text with their places."""

from howdah.documents.reading.reader import read_document, read_documents, read_text

__all__ = ["read_document", "read_documents", "read_text"]
