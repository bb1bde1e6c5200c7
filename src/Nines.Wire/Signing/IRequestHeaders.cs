namespace Nines.Wire.Signing;

/// <summary>The headers of a request, as its signature sees them.</summary>
public interface IRequestHeaders
{
    /// <summary>The names that are present, in any case and order.</summary>
    IEnumerable<string> Names { get; }

    /// <summary>The value of a header, several values joined by a comma; null when the header is absent.</summary>
    /// <param name="name">The name, in any case.</param>
    string? Find(string name);
}
