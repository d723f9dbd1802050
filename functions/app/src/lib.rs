//! Handlers and jobs, generic over the ports.
