// Quantities are needed below the server, by expressions, too.
global using Quantity = Flotilla.Kubernetes.Quantities.Quantity;
