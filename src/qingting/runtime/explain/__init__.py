"""Why an agent got a contact, told from the journal."""
