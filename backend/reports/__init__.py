"""What is signed and sent: the approval flow, reporting obligations, reports and their documents."""
