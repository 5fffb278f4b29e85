using System.CommandLine;

var root = new RootCommand("Flotilla manages fleets of Kubernetes sites.");
return await root.Parse(args).InvokeAsync();
