namespace Nines.EndToEnd;

/// <summary>Says which operations a test shows to work with a real client; <c>docs/coverage.md</c> and the enumeration tests are made from it.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class CoversAttribute(string service, params string[] operations) : Attribute
{
    /// <summary>The service's id in <c>models/services.json</c>.</summary>
    public string Service { get; } = service;

    /// <summary>AWS's operation names.</summary>
    public IReadOnlyList<string> Operations { get; } = operations;
}
