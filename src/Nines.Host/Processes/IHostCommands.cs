namespace Nines.Host.Processes;

/// <summary>Runs external programs: the one way in which this code starts one that ends by itself.</summary>
public interface IHostCommands
{
    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="HostCommandException">It did not start, ended with a code that is not accepted, or took too long.</exception>
    Task<HostCommandResult> RunAsync(HostCommand command, CancellationToken cancellationToken);
}
