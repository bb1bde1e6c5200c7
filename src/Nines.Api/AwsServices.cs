using Nines.Wire.Resolve;

namespace Nines.Api;

/// <summary>The services that have implemented operations, and the names of all others.</summary>
public static partial class AwsServices
{
    /// <summary>Reads the catalogue of every AWS service, some 15,000 operations: takes milliseconds, so keep it.</summary>
    public static ServiceCatalogue LoadCatalogue()
    {
        using var json = typeof(AwsServices).Assembly.GetManifestResourceStream("services.json")
            ?? throw new InvalidOperationException("The assembly was built without models/services.json.");
        return ServiceCatalogue.Load(json, Implemented);
    }

    /// <summary>Makes the resolver that finds what a request asks for.</summary>
    public static OperationResolver CreateResolver() => new(Implemented, LoadCatalogue);
}
