using Microsoft.Extensions.Logging;

namespace Nines.EndToEnd.Host;

/// <summary>Shows what a host logs beside the test that it belongs to.</summary>
internal sealed class TestLog(ITestOutputHelper output) : ILoggerProvider, ILogger
{
    /// <summary>Loggers of the running test.</summary>
    public static ILoggerFactory ForCurrentTest() => LoggerFactory.Create(builder =>
    {
        builder.SetMinimumLevel(LogLevel.Information);
        if (TestContext.Current.TestOutputHelper is { } output)
        {
#pragma warning disable CA2000 // the factory disposes of it
            builder.AddProvider(new TestLog(output));
#pragma warning restore CA2000
        }
    });

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            output.WriteLine($"{logLevel}: {formatter(state, exception)} {exception?.Message}");
        }
        catch (InvalidOperationException)
        {
            // The test is over.
        }
    }

    public void Dispose()
    {
    }
}
