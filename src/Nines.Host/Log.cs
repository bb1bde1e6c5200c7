using Microsoft.Extensions.Logging;

namespace Nines.Host;

/// <summary>
/// Every log message of the host. Event ids: 1000 processes, 1100 machines, 1200 volumes, 1300 agent, 2000 networks,
/// 3000 images, 4000 metadata.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Debug, "Ran {Command}: exit code {ExitCode} after {ElapsedMilliseconds} ms")]
    public static partial void CommandRan(this ILogger logger, string command, int exitCode, long elapsedMilliseconds);

    [LoggerMessage(1001, LogLevel.Warning, "Ended {Command}: still running after {TimeoutSeconds} s")]
    public static partial void CommandTimedOut(this ILogger logger, string command, double timeoutSeconds);

    [LoggerMessage(3000, LogLevel.Information, "Built image {Name} ({Digest}) in {ElapsedSeconds:0.0} s")]
    public static partial void ImageBuilt(this ILogger logger, string name, string digest, double elapsedSeconds);

    [LoggerMessage(3001, LogLevel.Information, "Imported image {Name} ({Digest}) from {Path}")]
    public static partial void ImageImported(this ILogger logger, string name, string digest, string path);
}
