// Simulated time waits for the thread pool of the process: tests side by side would hold each other up.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
