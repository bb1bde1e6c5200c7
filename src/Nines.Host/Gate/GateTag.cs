namespace Nines.Host.Gate;

/// <summary>The name of a machine that is booted to be kept: in SMBIOS as the chassis' asset tag, where a server finds its instance id.</summary>
internal static class GateTag
{
    /// <summary>What the tag begins with; no instance id does, since those have only hexadecimal digits.</summary>
    public const string Prefix = "i-gate";

    /// <summary>A tag as long as an instance id, so that one can take the other's place in a guest's memory.</summary>
    /// <param name="keptId">Hexadecimal digits that are this kept guest's own.</param>
    public static string Of(string keptId) => string.Concat(Prefix, keptId.AsSpan(0, 13));
}
