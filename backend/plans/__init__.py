"""The register of plans: documents, their tasks and deadlines."""
