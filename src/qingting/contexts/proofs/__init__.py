"""Who they say they are is proven: codes that are sent, tries that are counted, and who may not try for a while."""
