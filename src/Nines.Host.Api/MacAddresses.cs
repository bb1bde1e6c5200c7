using System.Text.Json.Serialization;

namespace Nines.Host.Api;

/// <summary>A set of hardware addresses: six octets, lower case, colons between.</summary>
[JsonConverter(typeof(Json))]
public sealed class MacAddresses : IdSet
{
    /// <summary>No address.</summary>
    public static readonly MacAddresses None = new([]);

    private MacAddresses(IEnumerable<string> addresses)
        : base(addresses)
    {
    }

    /// <summary>A set of these.</summary>
    public static MacAddresses Of(IEnumerable<string> addresses) => new MacAddresses(addresses) is { All.Count: > 0 } set ? set : None;

    internal sealed class Json() : Converter<MacAddresses>(Of);
}
