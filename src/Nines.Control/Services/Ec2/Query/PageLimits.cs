namespace Nines.Control.Services.Ec2.Query;

/// <summary>The page sizes that one operation allows.</summary>
/// <param name="Minimum">Smallest MaxResults.</param>
/// <param name="Maximum">Largest MaxResults.</param>
internal sealed record PageLimits(int Minimum, int Maximum)
{
    /// <summary>What most of EC2's operations allow: 5 to 1,000.</summary>
    public static readonly PageLimits Usual = new(5, 1000);

    /// <summary>Whether a larger MaxResults means the largest instead of an error.</summary>
    public bool Clamps { get; init; }

    /// <summary>The page's size where the request does not say one; <see langword="null"/> gives everything at once.</summary>
    public int? Default { get; init; }
}
