"""The experience line: how content a customer was at every step with us, before, during and after a service."""
